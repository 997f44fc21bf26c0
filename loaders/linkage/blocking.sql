-- Candidates for the records in record_name, record_place and record_contact, out of the attached
-- register. What both sides have in common is worth the more, the rarer it is in the register.

CREATE MACRO folded(name) AS trim(regexp_replace(regexp_replace(
    lower(strip_accents(name)), '\b([a-z])\.', '\1', 'g'), '[^a-z0-9]+', ' ', 'g'));

SET VARIABLE ignored = (
    SELECT list(DISTINCT translate(word, '01l5', 'oiis')) FROM ignored_word);

CREATE TEMP TABLE record_word AS
SELECT DISTINCT record, translate(word, '01l5', 'oiis') AS word
FROM (SELECT record, unnest(string_split(folded(name), ' ')) AS word FROM record_name)
WHERE length(word) >= 2 AND NOT list_contains(
    getvariable('ignored'), translate(word, '01l5', 'oiis'));

CREATE TEMP TABLE wanted_word AS SELECT DISTINCT word FROM record_word;

CREATE TEMP TABLE register_word AS
SELECT DISTINCT enterprise, word
FROM (
    SELECT entity_number, translate(unnest(string_split(folded(denomination), ' ')),
        '01l5', 'oiis') AS word
    FROM register.denomination
)
JOIN wanted_word USING (word)
JOIN entity USING (entity_number);

CREATE TEMP TABLE frequency AS
SELECT word, count(*) AS enterprises FROM register_word GROUP BY word;

CREATE TEMP TABLE register_place AS
SELECT DISTINCT enterprise, zipcode AS postcode
FROM register.address JOIN entity USING (entity_number)
WHERE zipcode IN (SELECT postcode FROM record_place);

-- A rare word alone makes a candidate; a frequent one does in the same postcode.
CREATE TEMP TABLE hit AS
SELECT record, enterprise, word AS shared, enterprises
FROM record_word JOIN frequency USING (word) JOIN register_word USING (word)
WHERE enterprises <= $rare
UNION
SELECT record, enterprise, word, enterprises
FROM record_word
JOIN record_place USING (record)
JOIN register_word USING (word)
JOIN register_place USING (enterprise, postcode)
JOIN frequency USING (word);

-- The two rarest words of a name together are telling wherever the enterprise is.
CREATE TEMP TABLE telling AS
SELECT record, word, enterprises, row_number() OVER (
    PARTITION BY record ORDER BY enterprises, word
) AS place
FROM record_word JOIN frequency USING (word)
WHERE enterprises <= $frequent
QUALIFY place <= 2;

INSERT INTO hit
SELECT one.record, first.enterprise, unnest([one.word, two.word]),
    unnest([one.enterprises, two.enterprises])
FROM telling AS one
JOIN telling AS two ON two.record = one.record AND one.place = 1 AND two.place = 2
JOIN register_word AS first ON first.word = one.word
JOIN register_word AS second ON second.enterprise = first.enterprise AND second.word = two.word
WHERE one.enterprises > $rare;

-- So is the whole name, unless too many bear it.
CREATE MACRO whole(name) AS list_sort(list_filter(
    string_split(translate(folded(name), '01l5', 'oiis'), ' '),
    lambda word: length(word) >= 2 AND NOT list_contains(getvariable('ignored'), word)));

CREATE TEMP TABLE record_whole AS
SELECT DISTINCT record, whole(name) AS whole FROM record_name;

CREATE TEMP TABLE register_whole AS
SELECT DISTINCT enterprise, whole
FROM (SELECT entity_number, whole(denomination) AS whole FROM register.denomination)
JOIN entity USING (entity_number)
WHERE whole IN (SELECT whole FROM record_whole);

INSERT INTO hit
SELECT record, enterprise, '=' || whole[1], count(*) OVER (PARTITION BY record)
FROM record_whole JOIN register_whole USING (whole)
QUALIFY count(*) OVER (PARTITION BY record) <= $block;

-- Misspelt words still begin alike, in the same postcode.
CREATE TEMP TABLE beginning AS
SELECT DISTINCT enterprise, postcode, start
FROM (
    SELECT enterprise, postcode, left(translate(replace(folded(denomination), ' ', ''),
        '01l5', 'oiis'), 4) AS start
    FROM register.denomination JOIN entity USING (entity_number)
    JOIN register_place USING (enterprise)
);

CREATE TEMP TABLE block AS
SELECT postcode, start, count(*) AS size FROM beginning GROUP BY ALL;

INSERT INTO hit
SELECT DISTINCT record, enterprise, '^' || start, size
FROM record_start JOIN block USING (postcode, start) JOIN beginning USING (postcode, start)
WHERE size <= $block;

-- At one door there are few organisations, whatever they call themselves.
CREATE TEMP TABLE register_door AS
SELECT DISTINCT enterprise, zipcode AS postcode, house_number AS house,
    unnest([folded(street_fr), folded(street_nl)]) AS street
FROM register.address JOIN entity USING (entity_number)
WHERE zipcode IN (SELECT postcode FROM record_place) AND house_number <> '';

INSERT INTO hit
SELECT DISTINCT record, enterprise, '@' || postcode || street || house,
    count(*) OVER (PARTITION BY record, postcode, street, house)
FROM record_door JOIN register_door USING (postcode, street, house)
QUALIFY count(*) OVER (PARTITION BY record, postcode, street, house) <= $block;

INSERT INTO hit
SELECT DISTINCT record, enterprise, '#' || value, 1
FROM record_contact JOIN register.contact ON lower(contact.value) = record_contact.contact
JOIN entity USING (entity_number);

CREATE TEMP TABLE nominee AS
SELECT record, enterprise, min(enterprises) FILTER (shared[1] = '=') AS namesakes
FROM (SELECT DISTINCT * FROM hit)
GROUP BY record, enterprise
QUALIFY row_number() OVER (
    PARTITION BY record
    ORDER BY sum(ln($enterprises / enterprises)) DESC, enterprise
) <= $most;

-- Pairs that were decided before are compared in any case.
INSERT INTO nominee
SELECT record, enterprise, NULL FROM named
WHERE (record, enterprise) NOT IN (SELECT (record, enterprise) FROM nominee)
AND enterprise IN (SELECT enterprise_number FROM register.enterprise);

-- How many enterprises share what is rarest of what the two names share.
CREATE TEMP TABLE candidate AS
SELECT record, enterprise, least(min(enterprises), any_value(namesakes)) AS rarest
FROM nominee
LEFT JOIN (
    SELECT record, enterprise, enterprises
    FROM nominee
    JOIN record_word USING (record)
    JOIN register_word USING (enterprise, word)
    JOIN frequency USING (word)
) USING (record, enterprise)
GROUP BY record, enterprise;
