(SELECT s0.d FROM (SELECT CASE jsonb_typeof(checkpoint_data) WHEN 'object' THEN checkpoint_data || '{}'::jsonb ELSE checkpoint_data END AS d OFFSET 0) s0)
