-- What failed, with the reason, the newest first.
WITH
${told}
SELECT at, channel, status, reason, message_id, recipient
FROM told
WHERE status IN ('softbounce', 'hardbounce', 'rejected', 'rendering_failure', 'complaint', 'failure', 'optout')
ORDER BY at DESC
LIMIT 1000
