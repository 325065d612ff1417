namespace Fanout.Azure;

/// <summary>Which storage account, and how to be let in: a connection string, or the account alone and an identity.</summary>
public sealed class AzureConnection
{
    private readonly string _account;
    private readonly string _suffix;

    private AzureConnection(string account, string suffix, string? connectionString)
    {
        _account = account;
        _suffix = suffix;
        ConnectionString = connectionString;
    }

    /// <summary>The account's name; of the emulator, <c>devstoreaccount1</c>.</summary>
    public string Account => _account;

    /// <summary>Null: an identity is used.</summary>
    internal string? ConnectionString { get; }

    /// <summary>
    /// Reads a connection string (<c>DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…</c>, <c>UseDevelopmentStorage=true</c>, one with a shared access
    /// signature), an account's blob URI (<c>https://ACCOUNT.blob.core.windows.net</c>), or an account's name.
    /// </summary>
    /// <exception cref="ArgumentException">It is none of these; the message does not repeat it, as it may hold a key.</exception>
    public static AzureConnection Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        text = text.Trim();
        if (text.Contains('=', StringComparison.Ordinal) && !text.StartsWith("http", StringComparison.OrdinalIgnoreCase))
            return new AzureConnection(AccountOf(text), "", text);
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Query.Length == 0
            && uri.Host.Split('.', 3) is [var account, "blob", var suffix])
        {
            return new AzureConnection(account, suffix, null);
        }

        if (text.Length is >= 3 and <= 24 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            return new AzureConnection(text, "core.windows.net", null);
        throw new ArgumentException(
            "The storage connection is none: give a connection string, the account's URI (https://ACCOUNT.blob.core.windows.net), or the account's name.");
    }

    /// <summary>The account, without anything secret.</summary>
    public override string ToString() => $"storage account '{_account}'";

    internal Uri ServiceUri(string service) => new($"https://{_account}.{service}.{_suffix}");

    private static string AccountOf(string connectionString)
    {
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Split('=', 2) is not [var name, var value])
                continue;
            if (name.Equals("AccountName", StringComparison.OrdinalIgnoreCase))
                return value;
            if (name.Equals("UseDevelopmentStorage", StringComparison.OrdinalIgnoreCase))
                return "devstoreaccount1";
            if (name.Equals("BlobEndpoint", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(value, UriKind.Absolute, out var uri))
                return uri.Host.Split('.')[0];
        }

        throw new ArgumentException("The storage connection string names no account: it needs AccountName, BlobEndpoint, or UseDevelopmentStorage=true.");
    }
}
