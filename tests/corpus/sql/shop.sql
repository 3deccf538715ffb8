create table stock (sku text primary key, left_over int not null check (left_over >= 0), price numeric(9,2));
insert into stock select 'sku' || n, n, n * 1.25 from generate_series(1, 10) n;
create table sale (id int generated always as identity, sku text references stock, n int, at timestamptz default now());
