update stock set left_over = left_over - :n where sku = :sku;
insert into sale (sku, n) values (:sku, :n);
select left_over from stock where sku = :sku
