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
    private const string BlobName = "coordinator.json";

    private volatile bool _isBound;

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
                $"The runs of hub '{storage.Hub}' in {storage.Connection} are coordinated from another home, on {coordinator.Machine}. Start and resume them there; "
                + $"or use another --hub; or, if that home is lost for good and its runs with it, delete the blob '{BlobName}' of container '{storage.Hub}'.");
        }

        _isBound = true;
    }

    private async Task<Coordinator> FindOrBindAsync(string home, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(BlobName);
        var own = new Coordinator(home, Environment.MachineName);
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
            var content = (await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content;
            return JsonSerializer.Deserialize<Coordinator>(content, FanoutJson.Options)!;
        }
    }

    private sealed record Coordinator(string Home, string Machine);
}
