jsonb_set((CASE COALESCE(jsonb_typeof(checkpoint_data),'null') WHEN 'object' THEN checkpoint_data WHEN 'null' THEN '{}'::jsonb ELSE encode('','checkpoint: expected object, found '||jsonb_typeof(checkpoint_data)||' at (document)')::jsonb END),ARRAY['cursor']::text[],$1::jsonb)
-- $1::jsonb "a"
