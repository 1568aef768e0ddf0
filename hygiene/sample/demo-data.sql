-- What an old seed script left behind (300 demo users) among 20 genuine users and one admin.
-- Fixed times, so that two loads give the same rows.

insert into admins (email, name, password_hash, last_login_at)
values (
  'margit.olsen@corp-mail.io',
  'Margit Olsen',
  '$2a$10$WQ/kYVfjXA/xWUvyGBC0Wel.PJOiSn.qJJLwcX6SbOJvbIypEyuyC',
  '2026-01-09 07:42:00+00'
);

insert into users (email, name, created_at, last_seen_at)
select
  'demo' || n || '@example.com',
  'Demo User ' || n,
  '2024-03-01 12:00:00+00',
  null
from generate_series(1, 300) as n
order by n;

insert into users (email, name, created_at, last_seen_at)
select
  lower(first || '.' || last) || '@corp-mail.io',
  first || ' ' || last,
  timestamptz '2024-06-03 08:15:00+00' + n * interval '17 days 5 hours 23 minutes',
  timestamptz '2026-01-02 09:30:00+00' + n * interval '7 hours 11 minutes'
from (
  values
    (1, 'Ana', 'Ribeiro'), (2, 'Piotr', 'Zielinski'), (3, 'Yuki', 'Tanaka'),
    (4, 'Lena', 'Hoffmann'), (5, 'Omar', 'Haddad'), (6, 'Sofia', 'Lindqvist'),
    (7, 'Mateo', 'Fuentes'), (8, 'Chloe', 'Marchand'), (9, 'Rahul', 'Menon'),
    (10, 'Ingrid', 'Solberg'), (11, 'Tomas', 'Novak'), (12, 'Amara', 'Okafor'),
    (13, 'Giulia', 'Ferrante'), (14, 'Henk', 'Dekker'), (15, 'Noor', 'Rahimi'),
    (16, 'Declan', 'Byrne'), (17, 'Mei', 'Huang'), (18, 'Aino', 'Virtanen'),
    (19, 'Lucas', 'Almeida'), (20, 'Zofia', 'Kowal')
) as person (n, first, last)
order by n;

insert into live_sessions (user_id, token, started_at)
select
  users.id,
  md5('session ' || users.id || ' ' || n),
  users.created_at + n * interval '1 hour'
from users
cross join generate_series(1, 2) as n
order by users.id, n;

insert into payments (user_id, amount_cents, paid_at)
select id, 990 + (id % 7)::integer * 500, created_at + interval '2 days'
from users
order by id;

insert into subscriptions (user_id, plan, started_at)
select id, (array['starter', 'team', 'business'])[1 + id % 3], created_at + interval '1 day'
from users
order by id;

insert into reports (author_id, title, created_at)
select id, 'Usage report of ' || name, created_at + interval '3 days'
from users
where id % 3 = 0
order by id;
