select sku, left_over from stock where left_over >= coalesce(:min, 0) order by left_over;
