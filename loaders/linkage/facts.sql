CREATE TEMP TABLE chosen AS SELECT DISTINCT enterprise FROM candidate;

CREATE TEMP TABLE chosen_entity AS
SELECT entity_number, enterprise FROM entity JOIN chosen USING (enterprise);

-- What the register says of the candidates, one row per enterprise.
CREATE TEMP TABLE fact AS
WITH name AS (
    SELECT enterprise, list(DISTINCT denomination ORDER BY denomination) AS names
    FROM register.denomination JOIN chosen_entity USING (entity_number) GROUP BY enterprise
), door AS (
    SELECT DISTINCT enterprise, concat_ws('|',
            nullif(trim(concat_ws(' ', street_fr, house_number)), ''),
            nullif(trim(concat_ws(' ', street_nl, house_number)), '')) AS street,
        coalesce(zipcode, '') AS postcode,
        coalesce(municipality_fr, '') AS fr, coalesce(municipality_nl, '') AS nl
    FROM register.address JOIN chosen_entity USING (entity_number)
), place AS (
    SELECT enterprise, list({'street': street, 'postcode': postcode, 'fr': fr, 'nl': nl}
        ORDER BY postcode, street, fr, nl) AS addresses
    FROM door GROUP BY enterprise
), reach AS (
    SELECT enterprise, list(DISTINCT value ORDER BY value) AS contacts
    FROM register.contact JOIN chosen_entity USING (entity_number) GROUP BY enterprise
)
SELECT enterprise, juridical_form AS form, names, addresses, contacts
FROM chosen
JOIN register.enterprise ON enterprise_number = enterprise
LEFT JOIN name USING (enterprise)
LEFT JOIN place USING (enterprise)
LEFT JOIN reach USING (enterprise);
