namespace Fanout;

/// <summary>Whom a run tells that it has ended, however it ended. At least one of both.</summary>
public sealed record OnCompleteSpec
{
    /// <summary>A request that carries the report; null: none.</summary>
    public WebhookSpec? Webhook { get; init; }

    /// <summary>
    /// A queue that gets a message with the report: 3 to 63 lower-case letters, digits and single hyphens between them. Needs a storage account.
    /// Null: none.
    /// </summary>
    public string? Queue { get; init; }
}

/// <summary>Where the report is posted to.</summary>
/// <param name="Url">An absolute http or https URL without a user name; link-local and metadata addresses are refused.</param>
/// <param name="SecretFrom">
/// The environment variable of the process that sends the request whose value signs it, so that no secret stands in a spec; null: it is not signed.
/// </param>
public sealed record WebhookSpec(string Url, string? SecretFrom = null);
