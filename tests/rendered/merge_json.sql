(SELECT (CASE COALESCE(jsonb_typeof(r.d),'null') WHEN 'object' THEN r.d WHEN 'null' THEN encode('','checkpoint: missing ["cursor"]'||' at (document)'||left(COALESCE(jsonb_typeof(r.d),''),0))::jsonb ELSE encode('','checkpoint: expected object, found '||jsonb_typeof(r.d)||' at (document)')::jsonb END)||jsonb_build_object('any',CASE COALESCE(jsonb_typeof(r.v0),'') WHEN '' THEN $1::jsonb ELSE ((CASE jsonb_typeof(r.v0) WHEN 'object' THEN r.v0 ELSE '{}'::jsonb END) - ARRAY[$2::text]::text[])||$3::jsonb||jsonb_build_object($4::text,((CASE jsonb_typeof(r.v0->$4::text) WHEN 'object' THEN r.v0->$4::text ELSE '{}'::jsonb END) - ARRAY[$5::text]::text[])||$6::jsonb||jsonb_build_object($7::text,(CASE jsonb_typeof(r.v0->$4::text->$7::text) WHEN 'object' THEN r.v0->$4::text->$7::text ELSE '{}'::jsonb END))) END) FROM (SELECT s0.d AS d,s0.d->'any' AS v0 FROM (SELECT CASE jsonb_typeof(checkpoint_data) WHEN 'object' THEN checkpoint_data || '{}'::jsonb ELSE checkpoint_data END AS d OFFSET 0) s0 OFFSET 0) r)
-- $1::jsonb {"a":{"b":1,"d":{}},"e":[1]}
-- $2::text f
-- $3::jsonb {"e":[1]}
-- $4::text a
-- $5::text c
-- $6::jsonb {"b":1}
-- $7::text d
