(SELECT (CASE COALESCE(jsonb_typeof(r.d),'null') WHEN 'object' THEN r.d WHEN 'null' THEN encode('','checkpoint: missing ["cursor"]'||' at (document)'||left(COALESCE(jsonb_typeof(r.d),''),0))::jsonb ELSE encode('','checkpoint: expected object, found '||jsonb_typeof(r.d)||' at (document)')::jsonb END)||jsonb_build_object('token',$1::jsonb,'number',$2::jsonb) FROM (SELECT s0.d AS d FROM (SELECT CASE jsonb_typeof(checkpoint_data) WHEN 'object' THEN checkpoint_data || '{}'::jsonb ELSE checkpoint_data END AS d OFFSET 0) s0 OFFSET 0) r)
-- $1::jsonb "a"
-- $2::jsonb 1
