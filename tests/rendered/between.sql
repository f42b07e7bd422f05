(SELECT (CASE COALESCE(jsonb_typeof(s0.d),'null') WHEN 'object' THEN s0.d WHEN 'null' THEN encode('','checkpoint: missing ["cursor"]'||' at (document)'||left(COALESCE(jsonb_typeof(s0.d),''),0))::jsonb ELSE encode('','checkpoint: expected object, found '||jsonb_typeof(s0.d)||' at (document)')::jsonb END)||jsonb_build_object('count',$1::jsonb,'list',CASE COALESCE(jsonb_typeof(s0.d->'list'),'') WHEN 'array' THEN s0.d->'list'||$3::jsonb WHEN '' THEN $2::jsonb ELSE encode('','checkpoint: expected array, found '||jsonb_typeof(s0.d->'list')||' at /list')::jsonb END,'map',(CASE COALESCE(jsonb_typeof(s0.d->'map'),'') WHEN 'object' THEN s0.d->'map' WHEN '' THEN '{}'::jsonb ELSE encode('','checkpoint: expected object, found '||jsonb_typeof(s0.d->'map')||' at /map')::jsonb END)||jsonb_build_object($4::text,$5::jsonb)) FROM (SELECT CASE jsonb_typeof(checkpoint_data) WHEN 'object' THEN checkpoint_data || '{}'::jsonb ELSE checkpoint_data END AS d OFFSET 0) s0)
-- $1::jsonb 1
-- $2::jsonb ["a"]
-- $3::jsonb ["a"]
-- $4::text a
-- $5::jsonb 1
