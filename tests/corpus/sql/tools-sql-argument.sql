select :a, :b
