/** Waits, by the server's own word, until another session of the database is inside pg_sleep. */
export async function untilAsleep(execute: (text: string) => Promise<unknown>): Promise<void> {
  await execute(`
    do $$
    begin
      for try in 1 .. 3000 loop
        perform 1 from pg_stat_activity
          where datname = current_database() and state = 'active' and wait_event = 'PgSleep'
            and pid <> pg_backend_pid();
        if found then return; end if;
        perform pg_sleep(0.01);
        perform pg_stat_clear_snapshot();
      end loop;
      raise exception 'nobody sleeps';
    end $$`);
}
