-- What a check of the audit chain found stays as it was found (backend/events/checking.py).
-- Needs written_once() of 14_signatures.sql.

create or replace trigger audit_chain_check_keep before update or delete or truncate
    on audit_chain_check for each statement execute function written_once();
