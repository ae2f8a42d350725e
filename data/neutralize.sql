-- A copy of a database must not answer to the keys of the original.
UPDATE silverfin_api_key SET active = false;
