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
  name           = "parcels"
  retention_days = 14
  policy_documents = [
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Mine\",\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::b/k\",\"Principal\":{\"Service\":\"ses.amazonaws.com\"}}]}"
  ]

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

  # Without TLS nothing works.
  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Effect == "Deny"] == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Action    = "s3:*"
      Principal = "*"
      Resource = [
        "arn:aws:s3:::mailroom-test-parcels-123456789012-eu-west-1/*",
        "arn:aws:s3:::mailroom-test-parcels-123456789012-eu-west-1",
      ]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "Bucket and objects must refuse everybody who comes without TLS."
  }

  # The caller's statements are added, and no other.
  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid if statement.Effect == "Allow"] == ["Mine"]
    error_message = "Only what the caller gives may be allowed."
  }
}
