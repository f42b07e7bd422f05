(SELECT (CASE COALESCE(jsonb_typeof(r.d),'null') WHEN 'object' THEN r.d WHEN 'null' THEN '{}'::jsonb ELSE encode('','checkpoint: expected object, found '||jsonb_typeof(r.d)||' at (document)')::jsonb END)||jsonb_build_object('cursor',$1::jsonb,'count',CASE WHEN r.n0 BETWEEN $3::bigint AND $4::bigint AND scale(r.n0)=0 THEN to_jsonb(r.n0+$5::bigint) ELSE CASE COALESCE(jsonb_typeof(r.v0),'') WHEN 'number' THEN CASE WHEN r.n0 BETWEEN 0 AND 4294967295 AND scale(r.n0)=0 THEN encode('','checkpoint: out of range for u32'||' at /count'||left(COALESCE(jsonb_typeof(r.v0),''),0))::jsonb ELSE encode('','checkpoint: expected integer, found '||jsonb_typeof(r.v0)||' at /count')::jsonb END WHEN '' THEN $2::jsonb ELSE encode('','checkpoint: expected integer, found '||jsonb_typeof(r.v0)||' at /count')::jsonb END END) FROM (SELECT p.*,CASE jsonb_typeof(p.v0) WHEN 'number' THEN (p.v0)::numeric END AS n0 FROM (SELECT s0.d AS d,s0.d->'count' AS v0 FROM (SELECT CASE jsonb_typeof(checkpoint_data) WHEN 'object' THEN checkpoint_data || '{}'::jsonb ELSE checkpoint_data END AS d OFFSET 0) s0 OFFSET 0) p OFFSET 0) r)
-- $1::jsonb "a"
-- $2::jsonb 1
-- $3::bigint 0
-- $4::bigint 4294967294
-- $5::bigint 1
