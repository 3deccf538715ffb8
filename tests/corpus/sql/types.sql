-- :comment is none, nor is it's quote; /* nor this
/* :nor /* :nested */ :this */
select ':t' as quoted, $$:t$$ as dollar, $x$ :t $$ $x$ as tagged, E'\':t' as escaped, 1 as ":t",
	:t::text as t, :i::int as i, :b::boolean as b, :d::float8 as d, :a::jsonb as a, null as none,
	(array[1, 2, 3])[2 : 3] as slice, 12.50::numeric(9,2) as money, 1234567890123456789012::numeric as big,
	'nan'::float8 as nan, date '2026-01-31' as day, '{"x": [1, null]}'::json as j, :t || :t as twice;
