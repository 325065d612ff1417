using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Fanout.Serialization;

namespace Fanout.Azure;

/// <summary>
/// Sees to it that a hub's runs are coordinated from one home: their orchestrations are in its database, and another would begin them anew. The
/// first home to start a run binds the hub to itself, in the blob <c>coordinator.json</c>.
/// </summary>
internal sealed class HubCoordinator(AzureStorage storage)
{
    /// <summary>What a hub is bound to whose orchestrations Durable Functions executes, on whichever machines.</summary>
    public const string DurableFunctions = "durable-functions";

    /// <summary>The same for people.</summary>
    public const string DurableFunctionsForPeople = "Durable Functions";

    private const string BlobName = "coordinator.json";

    private volatile bool _isBound;
    private string? _driver;

    /// <summary>Binds the hub to a home, or finds it bound to it.</summary>
    /// <exception cref="StorageException">It is bound to another, or the account cannot be used.</exception>
    public async Task BindAsync(string home, CancellationToken cancellationToken)
    {
        if (_isBound)
            return;
        await storage.EnsureContainerAsync(cancellationToken).ConfigureAwait(false);
        var coordinator = await AzureFailure.GuardAsync(
            "read", $"blob '{BlobName}'", storage.Connection, () => FindOrBindAsync(home, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (coordinator.Home != home)
        {
            throw new StorageException(
                $"The runs of hub '{storage.Hub}' in {storage.Connection} are coordinated elsewhere, by {coordinator.Machine}. Start and resume them there; "
                + $"or use another --hub; or, if that home is lost for good and its runs with it, delete the blob '{BlobName}' of container '{storage.Hub}'.");
        }

        _isBound = true;
    }

    /// <summary>Who drives every run of the hub, in words, whichever process asks: Durable Functions, if it is bound to them. Null: whoever holds its lease.</summary>
    public async Task<string?> FindDriverAsync()
    {
        // Once bound it stays so: what was found is not looked for again.
        if (_driver is null && !_isBound)
        {
            var coordinator = await AzureFailure.GuardAsync(
                "read", $"blob '{BlobName}'", storage.Connection, () => FindAsync(CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            _driver = coordinator is null ? null : coordinator.Home == DurableFunctions ? DurableFunctionsForPeople : "";
        }

        return string.IsNullOrEmpty(_driver) ? null : _driver;
    }

    private async Task<Coordinator?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Read(await storage.Container.GetBlobClient(BlobName).DownloadContentAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    private async Task<Coordinator> FindOrBindAsync(string home, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(BlobName);
        var own = new Coordinator(home, home == DurableFunctions ? DurableFunctionsForPeople : $"another home, on {Environment.MachineName}");
        try
        {
            await blob.UploadAsync(
                BinaryData.FromObjectAsJson(own, FanoutJson.Options),
                new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                cancellationToken).ConfigureAwait(false);
            return own;
        }
        catch (RequestFailedException there) when (there.Status is 409 or 412)
        {
            return Read(await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    private static Coordinator Read(BlobDownloadResult blob) => JsonSerializer.Deserialize<Coordinator>(blob.Content, FanoutJson.Options)!;

    private sealed record Coordinator(string Home, string Machine);
}
