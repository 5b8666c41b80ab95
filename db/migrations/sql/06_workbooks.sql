-- What the index of workbook rows holds of a text: every three bytes that follow each other.
-- A text contains another only if it has all three-byte parts of the other. In bytes, because a
-- part of a text is found by walking there and one of bytes at once. A text in UTF-8 is always the
-- same bytes, so the function may be called immutable although convert_to is not.

create or replace function workbook_grams(said text) returns bytea[]
language sql immutable strict parallel safe as $$
    select coalesce(array_agg(distinct substring(bytes from place for 3)), '{}')
      from (select convert_to(said, 'UTF8') as bytes) as whole,
           generate_series(1, length(bytes) - 2) as place
$$;
