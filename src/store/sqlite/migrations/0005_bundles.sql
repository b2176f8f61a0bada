-- Which Resources a bundle holds, as its manifest says, so that a Resource can tell the bundles it is in.
CREATE TABLE bundle_part (
    type TEXT NOT NULL,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    bundle BIGINT NOT NULL REFERENCES resource (number),
    PRIMARY KEY (type, workspace, name, bundle)
) WITHOUT ROWID;

CREATE INDEX bundle_part_of ON bundle_part (bundle);

INSERT OR IGNORE INTO bundle_part (type, workspace, name, bundle)
SELECT type, workspace, name, bundle
FROM (
    SELECT
        lower(coalesce(json_extract(part.value, '$.spec.type'), json_extract(part.value, '$.type'))) AS type,
        coalesce(json_extract(part.value, '$.spec.workspace'), json_extract(part.value, '$.workspace'), '') AS workspace,
        coalesce(json_extract(part.value, '$.spec.name'), json_extract(part.value, '$.name')) AS name,
        manifest.resource AS bundle
    FROM manifest
    JOIN resource ON resource.number = manifest.resource AND resource.type = 'bundle'
    JOIN json_each(manifest.content, '$.bundle.resources') AS part
)
WHERE type IS NOT NULL AND name IS NOT NULL;
