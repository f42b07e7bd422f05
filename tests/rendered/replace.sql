$1::jsonb
-- $1::jsonb {"any":null,"attempts":0,"count":0,"cursor":"","cursors":{},"done":null,"limits":{"burst":null,"calls":5000},"list":[],"map":{},"mode":null,"pages":[],"pair":[0,null],"rate":null,"ratio":0.0,"since":null,"single":null,"total":0}
