select :a;
commit;
