using Fanout.Azure;
using Microsoft.Extensions.Configuration;

namespace Fanout.Functions;

/// <summary>The app's settings.</summary>
/// <param name="Account">
/// <c>Fanout__Storage</c>, as for <c>fanout --storage</c>: <c>azure:ACCOUNT</c> or <c>azure:CONNECTION-STRING</c>. Default: the host's own account
/// (<c>AzureWebJobsStorage</c>).
/// </param>
/// <param name="Hub"><c>Fanout__Hub</c>. Default: <c>fanout</c>.</param>
/// <param name="RetainFor"><c>Fanout__RetainFor</c>, how long runs that have ended are kept. Default: <c>7d</c>.</param>
internal sealed record FunctionsSettings(string Account, string Hub, TimeSpan RetainFor)
{
    private const string StorageScheme = "azure:";

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidOperationException">No account is given.</exception>
    /// <exception cref="FormatException">The time is none.</exception>
    public static FunctionsSettings Read(IConfiguration settings)
    {
        var account = settings["Fanout:Storage"] ?? settings["AzureWebJobsStorage"] ?? settings["AzureWebJobsStorage:accountName"]
            ?? throw new InvalidOperationException("No storage account is given: set Fanout__Storage to azure:ACCOUNT or azure:CONNECTION-STRING.");
        return new FunctionsSettings(
            account.StartsWith(StorageScheme, StringComparison.Ordinal) ? account[StorageScheme.Length..] : account,
            settings["Fanout:Hub"] ?? AzureStorageOptions.DefaultHub,
            HumanDuration.Parse(settings["Fanout:RetainFor"] ?? "7d"));
    }

    /// <summary>Names the account and the hub; nothing is contacted yet.</summary>
    public AzureStorage Connect() => AzureStorage.Connect(Account, new AzureStorageOptions { Hub = Hub });
}
