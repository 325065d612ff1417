using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs.Models;
using Fanout.Dispatch;

namespace Fanout.Azure.Queues;

/// <summary>A request that a coordinator holds.</summary>
internal sealed partial class AzureRequestDelivery(AzureStorage storage, PoisonQueue poison, HubMessage message) : IRequestDelivery
{
    /// <summary>The longest spec there is.</summary>
    private const int MostBytes = 2 << 20;

    public string Id => message.Id;

    public long Count => message.Count;

    public Task<RequestText> ReadAsync(CancellationToken cancellationToken) =>
        BlobClaim.Read(message.Text) is { } claim ? ReadBlobAsync(claim, cancellationToken) : Task.FromResult(new RequestText(message.Text));

    public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => message.RenewAsync(visibility, cancellationToken);

    public Task CompleteAsync(CancellationToken cancellationToken) => message.DeleteAsync(cancellationToken);

    public Task RejectAsync(string reason, CancellationToken cancellationToken) => poison.TakeAsync(message, reason, cancellationToken);

    public Task ReleaseAsync(CancellationToken cancellationToken) => message.RenewAsync(TimeSpan.Zero, cancellationToken);

    private Task<RequestText> ReadBlobAsync(BlobClaim claim, CancellationToken cancellationToken)
    {
        // The account would answer 400, as it does when it is the account that is wrong.
        if (!ContainerName().IsMatch(claim.Container))
            return Task.FromResult(Refused(claim, "its container has a name that no container has"));
        return AzureFailure.GuardAsync("read", $"blob '{claim}'", storage.Connection, ReadAsync, cancellationToken);

        async Task<RequestText> ReadAsync()
        {
            try
            {
                var blob = storage.Blobs.GetBlobContainerClient(claim.Container).GetBlobClient(claim.Name);
                using var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
                if (download.Details.ContentLength > MostBytes)
                    return Refused(claim, string.Create(CultureInfo.InvariantCulture, $"it has {download.Details.ContentLength} bytes; a spec may have {MostBytes}"));
                using var content = new MemoryStream();
                await download.Content.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
                return MessageText.Read(content.GetBuffer().AsSpan(0, (int)content.Length)) is { } text
                    ? new RequestText(text)
                    : Refused(claim, "it is not UTF-8");
            }
            catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound || missing.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                return Refused(claim, "there is no such blob");
            }
        }
    }

    private static RequestText Refused(BlobClaim claim, string why) => new(null, $"The spec cannot be read from blob '{claim}': {why}.");

    [GeneratedRegex(@"\A[a-z0-9](?:-?[a-z0-9]){2,62}\z|\A\$root\z")]
    private static partial Regex ContainerName();
}
