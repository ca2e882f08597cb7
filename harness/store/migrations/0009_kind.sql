-- what a run does: run, refine, evaluate, gate, compare or calibrate; of earlier ones the first word of the command says it
ALTER TABLE runs ADD COLUMN kind TEXT;
UPDATE runs SET kind = CASE WHEN command LIKE 'demo%' THEN 'run' ELSE split_part(command, ' ', 1) END;
