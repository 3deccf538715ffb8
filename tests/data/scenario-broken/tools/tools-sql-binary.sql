select :a, 'ÿ'
