select :a
