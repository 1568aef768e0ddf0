-- The sample application: a subscription product with its users, their sessions and money.

create table admins (
  id             bigint generated always as identity primary key,
  email          text not null unique,
  name           text not null,
  password_hash  text not null,
  last_login_at  timestamptz
);

create table users (
  id            bigint generated always as identity primary key,
  email         text not null unique,
  name          text not null,
  created_at    timestamptz not null default now(),
  last_seen_at  timestamptz
);

create table live_sessions (
  id          bigint generated always as identity primary key,
  user_id     bigint not null references users on delete cascade,
  token       text not null unique,
  started_at  timestamptz not null default now()
);
create index live_sessions_user_id_idx on live_sessions (user_id);

-- A payment outlives its user: the books keep it, without the person.
create table payments (
  id            bigint generated always as identity primary key,
  user_id       bigint references users,
  amount_cents  integer not null check (amount_cents > 0),
  paid_at       timestamptz not null default now()
);
create index payments_user_id_idx on payments (user_id);

create table subscriptions (
  id          bigint generated always as identity primary key,
  user_id     bigint not null references users on delete restrict,
  plan        text not null,
  started_at  timestamptz not null default now()
);
create index subscriptions_user_id_idx on subscriptions (user_id);

create table reports (
  id          bigint generated always as identity primary key,
  author_id   bigint not null references users,
  title       text not null,
  created_at  timestamptz not null default now()
);
create index reports_author_id_idx on reports (author_id);
