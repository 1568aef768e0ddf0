-- description: Remove sessions that were started before 2025
-- ticket: OPS-140
-- irreversible: a session token is a secret that nobody may want back
-- budget: max 1000
-- requires: live_sessions.started_at

delete from live_sessions
where started_at < '2025-01-01 00:00:00+00';
