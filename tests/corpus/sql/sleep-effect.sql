insert into sale (sku, n) select 'sku1', 77 from pg_sleep(0.6)
