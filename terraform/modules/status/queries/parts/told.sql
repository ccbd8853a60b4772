-- One line for each event and recipient, in the words of the status table.
ses AS (
  SELECT
    'email' AS channel,
    json_extract_scalar(detail, '$.mail.messageId') AS message_id,
    coalesce(
      CAST(json_extract(detail, '$.delivery.recipients') AS array(varchar)),
      transform(CAST(json_extract(detail, '$.bounce.bouncedRecipients') AS array(json)), r -> json_extract_scalar(r, '$.emailAddress')),
      transform(CAST(json_extract(detail, '$.complaint.complainedRecipients') AS array(json)), r -> json_extract_scalar(r, '$.emailAddress')),
      transform(CAST(json_extract(detail, '$.deliveryDelay.delayedRecipients') AS array(json)), r -> json_extract_scalar(r, '$.emailAddress')),
      CAST(json_extract(detail, '$.mail.destination') AS array(varchar))
    ) AS recipients,
    CASE json_extract_scalar(detail, '$.eventType')
      WHEN 'Send' THEN 'send'
      WHEN 'DeliveryDelay' THEN 'delayed'
      WHEN 'Delivery' THEN 'delivered'
      WHEN 'Open' THEN 'open'
      WHEN 'Click' THEN 'click'
      WHEN 'Subscription' THEN 'unsubscribe'
      WHEN 'Rendering Failure' THEN 'rendering_failure'
      WHEN 'Reject' THEN 'rejected'
      WHEN 'Complaint' THEN 'complaint'
      WHEN 'Bounce' THEN if(json_extract_scalar(detail, '$.bounce.bounceType') = 'Permanent', 'hardbounce', 'softbounce')
    END AS status,
    from_iso8601_timestamp(coalesce(
      json_extract_scalar(detail, '$.delivery.timestamp'), json_extract_scalar(detail, '$.bounce.timestamp'),
      json_extract_scalar(detail, '$.complaint.timestamp'), json_extract_scalar(detail, '$.deliveryDelay.timestamp'),
      json_extract_scalar(detail, '$.open.timestamp'), json_extract_scalar(detail, '$.click.timestamp'),
      json_extract_scalar(detail, '$.subscription.timestamp'), json_extract_scalar(detail, '$.mail.timestamp')
    )) AS at,
    coalesce(
      json_extract_scalar(detail, '$.bounce.bouncedRecipients[0].diagnosticCode'),
      json_extract_scalar(detail, '$.complaint.complaintFeedbackType'),
      json_extract_scalar(detail, '$.reject.reason'),
      json_extract_scalar(detail, '$.failure.errorMessage'),
      json_extract_scalar(detail, '$.delivery.smtpResponse'),
      json_extract_scalar(detail, '$.bounce.bounceSubType')
    ) AS reason,
    true AS final
  FROM events
  WHERE source = 'ses' AND day >= date_format(current_date - INTERVAL '${days}' DAY, '%Y-%m-%d')
    -- Machines that open and click are nobody who reads.
    AND NOT regexp_like(detail, '(?i)"[a-z]*(bot|automat)[a-z]*"\s*:\s*"?true')
),
sms AS (
  SELECT
    'sms' AS channel,
    json_extract_scalar(detail, '$.messageId') AS message_id,
    ARRAY[coalesce(json_extract_scalar(detail, '$.destinationPhoneNumber'), '*')] AS recipients,
    CASE
      WHEN json_extract_scalar(detail, '$.eventType') IN ('TEXT_QUEUED', 'TEXT_PENDING', 'TEXT_SENT') THEN 'buffered'
      WHEN json_extract_scalar(detail, '$.eventType') IN ('TEXT_SUCCESSFUL', 'TEXT_DELIVERED') THEN 'success'
      WHEN json_extract_scalar(detail, '$.eventType') LIKE 'TEXT\_%' ESCAPE '\' THEN 'failure'
    END AS status,
    from_unixtime(CAST(json_extract_scalar(detail, '$.eventTimestamp') AS double) / 1000) AS at,
    coalesce(json_extract_scalar(detail, '$.messageStatusDescription'), json_extract_scalar(detail, '$.messageStatus')) AS reason,
    coalesce(json_extract_scalar(detail, '$.isFinal') = 'true', false) AS final
  FROM events
  WHERE source = 'sms' AND day >= date_format(current_date - INTERVAL '${days}' DAY, '%Y-%m-%d')
),
pinpoint AS (
  SELECT
    if(event_type LIKE '\_email.%' ESCAPE '\', 'email', 'sms') AS channel,
    coalesce(json_extract_scalar(attributes, '$.message_id'), json_extract_scalar(facets, '$.email_channel.mail_event.mail.message_id')) AS message_id,
    coalesce(
      CAST(json_extract(facets, '$.email_channel.mail_event.mail.destination') AS array(varchar)),
      ARRAY[coalesce(json_extract_scalar(attributes, '$.destination_phone_number'), '*')]
    ) AS recipients,
    lower(split_part(event_type, '.', 2)) AS status,
    from_unixtime(event_timestamp / 1000e0) AS at,
    coalesce(
      json_extract_scalar(facets, '$.email_channel.mail_event.bounce.bounced_recipients[0].diagnostic_code'),
      json_extract_scalar(facets, '$.email_channel.mail_event.bounce.bounce_sub_type'),
      json_extract_scalar(attributes, '$.record_status')
    ) AS reason,
    event_type NOT IN ('_SMS.BUFFERED', '_SMS.SEND') AS final
  FROM events
  WHERE source = 'pinpoint' AND day >= date_format(current_date - INTERVAL '${days}' DAY, '%Y-%m-%d')
    AND (event_type LIKE '\_email.%' ESCAPE '\' OR event_type LIKE '\_SMS.%' ESCAPE '\')
),
told AS (
  SELECT channel, message_id, lower(trim(recipient)) AS recipient, status, at, reason, final
  FROM (SELECT * FROM ses UNION ALL SELECT * FROM sms UNION ALL SELECT * FROM pinpoint)
  CROSS JOIN UNNEST(recipients) AS one (recipient)
  WHERE status IS NOT NULL AND message_id IS NOT NULL
)
