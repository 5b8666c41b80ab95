-- Signatures, measurements, thresholds and judgements are written once. A signature may be voided,
-- once, which is itself kept; nothing else about these rows ever changes.

create or replace function electronic_signature_keep() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'Signatures are never removed: % is refused.', tg_op
            using errcode = 'insufficient_privilege';
    end if;
    if old.voided_at is not null
       or (new.id, new.user_id, new.signer_name, new.meaning, new.entity, new.entity_id,
           new.record_digest, new.signed_at)
          is distinct from
          (old.id, old.user_id, old.signer_name, old.meaning, old.entity, old.entity_id,
           old.record_digest, old.signed_at)
    then
        raise exception 'Signature % stays as it was given.', old.id
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create or replace trigger electronic_signature_keep_facts before update on electronic_signature
    for each row execute function electronic_signature_keep();
create or replace trigger electronic_signature_keep_rows before delete or truncate
    on electronic_signature for each statement execute function electronic_signature_keep();

create or replace function written_once() returns trigger language plpgsql as $$
begin
    raise exception 'Rows of % are written once: % is refused.', tg_table_name, tg_op
        using errcode = 'insufficient_privilege';
end
$$;

create or replace trigger qc_threshold_set_keep before update or delete or truncate
    on qc_threshold_set for each statement execute function written_once();
create or replace trigger qc_threshold_keep before update or delete or truncate
    on qc_threshold for each statement execute function written_once();
create or replace trigger sample_measurement_keep before update or delete or truncate
    on sample_measurement for each statement execute function written_once();
create or replace trigger qc_judgement_keep before update or delete or truncate
    on qc_judgement for each statement execute function written_once();
