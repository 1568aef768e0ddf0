-- Must return no rows.
select id
from live_sessions
where started_at < '2025-01-01 00:00:00+00';
