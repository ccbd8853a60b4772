# What the policies really say: the real provider writes the documents (a mocked one invents them), at plan
# only, with dummy keys and nothing asked of AWS. The skip flags are for this file alone; the root has none.
provider "aws" {
  region     = "eu-west-1"
  access_key = "dummy"
  secret_key = "dummy"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  package  = "main.tf" # any file that is there: what is in it does not matter at plan
  ses      = {}
  sms      = {}
  pinpoint = { application_id = "0123456789abcdef0123456789abcdef" }

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

run "the_documents_say_exactly_this" {
  command = plan

  # The fold: its queue, its dead letters, its table; it reads items by the batch and puts them one by one.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.fold.json).Statement : statement.Sid => "${join(" ", sort(flatten([statement.Action])))} on ${join(" ", sort(flatten([statement.Resource])))}" } == {
      TakeFromQueue         = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:aws:sqs:eu-west-1:123456789012:mailroom-test-status"
      GiveUp                = "sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:mailroom-test-status-dead-letters"
      KeepItems             = "dynamodb:BatchGetItem dynamodb:PutItem on arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-status"
      UseKeyThroughServices = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "A new action needs its line here, and a call in lambda_src/status that makes it necessary."
  }

  # The API reads: the table, each index by its name, and the one metric that it cannot name.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.api.json).Statement : statement.Sid => "${join(" ", sort(flatten([statement.Action])))} on ${join(" ", sort(flatten([statement.Resource])))}" } == {
      ReadItems = "dynamodb:BatchGetItem dynamodb:Query on arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-status"
      AskIndexes = "dynamodb:Query on ${join(" ", [for index in ["by_campaign", "by_recipient", "by_reference", "failures", "unfinished"] :
      "arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-status/index/${index}"])}"
      ReadRates           = "cloudwatch:GetMetricData on *"
      DecryptThroughTable = "kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "The API writes nothing, and scans nothing."
  }

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.transform.json).Statement : statement.Sid => "${join(" ", sort(flatten([statement.Action])))} on ${join(" ", flatten([statement.Resource]))}" } == {
      SendToQueue        = "sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:mailroom-test-status"
      UseKeyThroughQueue = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "The transform sends to the one queue; Firehose writes the archive."
  }

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.watch.json).Statement : statement.Sid => "${join(" ", flatten([statement.Action]))} on ${join(" ", flatten([statement.Resource]))}" } == {
      CountUnfinished     = "dynamodb:Query on arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-status/index/unfinished"
      DecryptThroughTable = "kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "The watch asks one index."
  }

  # The key is used through the services that hold what is read, and never by itself.
  assert {
    condition = {
      for name, json in {
        fold      = data.aws_iam_policy_document.fold.json
        api       = data.aws_iam_policy_document.api.json
        transform = data.aws_iam_policy_document.transform.json
        watch     = data.aws_iam_policy_document.watch.json
        archive   = data.aws_iam_policy_document.archive["ses"].json
      } : name => [for statement in jsondecode(json).Statement : flatten([statement.Condition.StringEquals["kms:ViaService"]]) if can(statement.Condition)]
      } == {
      fold      = [["dynamodb.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"]]
      api       = [["dynamodb.eu-west-1.amazonaws.com"]]
      transform = [["sqs.eu-west-1.amazonaws.com"]]
      watch     = [["dynamodb.eu-west-1.amazonaws.com"]]
      archive   = [["s3.eu-west-1.amazonaws.com"]]
    }
    error_message = "kms by way of the services alone."
  }
}

run "each_stream_writes_its_own_folders" {
  command = plan

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.archive["sms"].json).Statement : statement.Sid => "${join(" ", sort(flatten([statement.Action])))} on ${join(" ", sort(flatten([statement.Resource])))}" } == {
      FindBucket       = "s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads on arn:aws:s3:::mailroom-test-events-123456789012-eu-west-1"
      WriteObjects     = "s3:AbortMultipartUpload s3:GetObject s3:PutObject on arn:aws:s3:::mailroom-test-events-123456789012-eu-west-1/errors/source=sms/* arn:aws:s3:::mailroom-test-events-123456789012-eu-west-1/events/source=sms/*"
      EncryptThroughS3 = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      LogErrors        = "logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/mailroom-test-status-archive:log-stream:sms"
    }
    error_message = "A stream writes its own events and errors, and calls no function."
  }

  # Only Pinpoint's is transformed.
  assert {
    condition = [for statement in jsondecode(data.aws_iam_policy_document.archive["pinpoint"].json).Statement : "${join(" ", sort(flatten([statement.Action])))} on ${join(" ", sort(flatten([statement.Resource])))}" if statement.Sid == "Transform"] == [
      "lambda:GetFunctionConfiguration lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status-transform arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status-transform:$LATEST",
    ]
    error_message = "Pinpoint's stream calls the transform and nothing else."
  }

  # Who may be these roles: the service, for this account's one stream, rule or application.
  assert {
    condition = {
      for name, json in {
        ses_stream = data.aws_iam_policy_document.archive_trust["ses"].json
        events     = data.aws_iam_policy_document.to_archive_trust["events"].json
        pinpoint   = data.aws_iam_policy_document.to_archive_trust["pinpoint"].json
      } : name => "${jsondecode(json).Statement[0].Principal.Service} ${join(" ", sort(flatten(values(merge(values(jsondecode(json).Statement[0].Condition)...)))))}"
      } == {
      ses_stream = "firehose.amazonaws.com 123456789012 arn:aws:firehose:eu-west-1:123456789012:deliverystream/mailroom-test-status-ses"
      events     = "events.amazonaws.com 123456789012 arn:aws:events:eu-west-1:123456789012:rule/mailroom-test-status-ses arn:aws:events:eu-west-1:123456789012:rule/mailroom-test-status-sms"
      pinpoint   = "pinpoint.amazonaws.com 123456789012 arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0123456789abcdef0123456789abcdef"
    }
    error_message = "No service may be a role of ours for anybody else."
  }

  assert {
    condition = { for writer, document in data.aws_iam_policy_document.to_archive : writer => "${join(" ", sort(flatten([jsondecode(document.json).Statement[0].Action])))} on ${join(" ", sort(flatten([jsondecode(document.json).Statement[0].Resource])))}" } == {
      events   = "firehose:PutRecord firehose:PutRecordBatch on arn:aws:firehose:eu-west-1:123456789012:deliverystream/mailroom-test-status-ses arn:aws:firehose:eu-west-1:123456789012:deliverystream/mailroom-test-status-sms"
      pinpoint = "firehose:DescribeDeliveryStream firehose:PutRecordBatch on arn:aws:firehose:eu-west-1:123456789012:deliverystream/mailroom-test-status-pinpoint"
    }
    error_message = "Each writes to its own streams."
  }
}
