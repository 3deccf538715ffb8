select :a, 'x
