# Decisions, with a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
# A mocked provider invents what a policy document says, so it is given an empty one; what the documents
# really say is tested in policies.tftest.hcl.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name                       = "parcels"
  visibility_timeout_seconds = 180

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    retain_data        = true
    log_retention_days = 30
    log_level          = "INFO"
  }
}

run "the_defaults_hold" {
  command = plan

  # Names say whose queue it is.
  assert {
    condition     = aws_sqs_queue.this.name == "mailroom-test-parcels" && aws_sqs_queue.dead_letters.name == "mailroom-test-parcels-dead-letters"
    error_message = "Names must be the prefix, the queue's name and, for the second, dead-letters."
  }

  # Both are encrypted with the environment's key.
  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.this, aws_sqs_queue.dead_letters] : queue.kms_master_key_id == var.context.kms_key_arn])
    error_message = "Both queues must use the environment's key."
  }

  # The four alarms ring at the house's numbers.
  assert {
    condition = { for kind, alarm in aws_cloudwatch_metric_alarm.this : kind => "${alarm.metric_name} ${alarm.statistic} ${alarm.period} ${alarm.threshold}" } == {
      dead_letters = "ApproximateNumberOfMessagesVisible Maximum 120 50"
      oldest_age   = "ApproximateAgeOfOldestMessage Maximum 120 180"
      arrivals     = "NumberOfMessagesReceived Sum 300 180"
      waiting      = "ApproximateNumberOfMessagesVisible Maximum 300 180"
    }
    error_message = "Alarms: dead_letters 50, oldest_age 180 s, arrivals 180 in 5 minutes, waiting 180."
  }

  assert {
    condition = alltrue([
      for kind, alarm in aws_cloudwatch_metric_alarm.this :
      alarm.comparison_operator == "GreaterThanOrEqualToThreshold"
      && alarm.treat_missing_data == "notBreaching"
      && alarm.dimensions["QueueName"] == (kind == "dead_letters" ? "mailroom-test-parcels-dead-letters" : "mailroom-test-parcels")
      && alarm.alarm_actions == toset([var.context.alarm_topic_arn])
    ])
    error_message = "Each alarm must ring at its number or more, of its own queue, at the alarm topic, and silence must be no alarm."
  }
}

run "a_fifo_queue_has_a_fifo_dead_letter_queue" {
  command = plan

  variables {
    fifo = true
  }

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dead_letters] :
      queue.fifo_queue && endswith(queue.name, ".fifo") && queue.deduplication_scope == "messageGroup"
    ])
    error_message = "SQS takes only a FIFO queue as a FIFO queue's dead-letter queue, and both names must end in .fifo."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["dead_letters"].dimensions["QueueName"] == "mailroom-test-parcels-dead-letters.fifo"
    error_message = "Metrics call a FIFO queue by its whole name."
  }
}

run "dead_letters_outlive_the_messages_they_came_from" {
  command = plan

  variables {
    retention_days = 13
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.message_retention_seconds == 1209600 && aws_sqs_queue.this.message_retention_seconds < 1209600
    error_message = "A message keeps its age when it moves: the dead-letter queue must keep longer."
  }
}

run "dead_letters_wait_as_long_as_they_are_told_to" {
  command = plan

  variables {
    retention_days             = 3
    dead_letter_retention_days = 4
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.message_retention_seconds == 345600
    error_message = "dead_letter_retention_days must be the dead-letter queue's retention, in seconds."
  }
}

# A message keeps its age: after 7 days in the queue, a dead-letter queue of 7 days would drop it at once.
run "dead_letters_that_would_be_gone_at_once_are_refused" {
  command = plan

  variables {
    dead_letter_retention_days = 7
  }

  expect_failures = [var.dead_letter_retention_days]
}

run "more_days_than_sqs_keeps_are_refused" {
  command = plan

  variables {
    dead_letter_retention_days = 15
  }

  expect_failures = [var.dead_letter_retention_days]
}

run "a_threshold_of_0_is_no_alarm" {
  command = plan

  variables {
    alarms = { arrivals = 0, waiting = 0 }
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["dead_letters", "oldest_age"]
    error_message = "Only the alarms that have a threshold may be made."
  }
}

run "one_threshold_can_be_changed_alone" {
  command = plan

  variables {
    alarms = { waiting = 7 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["waiting"].threshold == 7 && aws_cloudwatch_metric_alarm.this["arrivals"].threshold == 180
    error_message = "The thresholds left out must keep their defaults."
  }
}

run "numbers_out_of_range_are_refused" {
  command = plan

  variables {
    visibility_timeout_seconds = 43201
    retention_days             = 14
    maximum_receives           = 0
    alarms                     = { arrivals = 0.5 }
  }

  expect_failures = [var.visibility_timeout_seconds, var.retention_days, var.maximum_receives, var.alarms]
}

run "a_sender_that_is_no_service_is_refused" {
  command = plan

  variables {
    senders = { everybody = { service = "*", source_arn = "*" } }
  }

  expect_failures = [var.senders]
}
