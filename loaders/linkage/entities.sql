-- Establishments have commercial names and addresses of their own.
CREATE TEMP VIEW entity AS
SELECT enterprise_number AS entity_number, enterprise_number AS enterprise FROM register.enterprise
UNION ALL
SELECT establishment_number, enterprise_number FROM register.establishment
SEMI JOIN register.enterprise USING (enterprise_number);
