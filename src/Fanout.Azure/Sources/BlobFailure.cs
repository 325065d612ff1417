using Azure;
using Azure.Storage.Blobs.Models;

namespace Fanout.Azure;

/// <summary>
/// Failures of reading sources: a blob that is gone, changed, or cannot be read as it is, is the source's; all else is the storage's, and the run
/// waits for it.
/// </summary>
internal static class BlobFailure
{
    /// <summary>True: the blob or its storage, not the program, is at fault. Of a network that breaks within an answer the SDK gives up with an I/O error.</summary>
    public static bool IsKnown(Exception failure) => AzureFailure.IsStorage(failure) || failure is IOException;

    /// <summary>The exception to throw instead.</summary>
    /// <param name="verb">What was to be done: read, list.</param>
    /// <param name="what">To what, without its account: <c>blob 'orders/a.jsonl'</c>.</param>
    /// <param name="connection">The account.</param>
    /// <param name="failure">What the SDK threw.</param>
    public static FanoutException Explain(string verb, string what, AzureConnection connection, Exception failure) => failure switch
    {
        RequestFailedException { Status: 404 } => new SourceException($"There is no {what} in {connection}. Correct the path, or put it there.", failure),
        RequestFailedException { Status: 412 or 416 } => new SourceException(
            $"{Capital(what)} in {connection} changed or was deleted since the run was planned. Restore it as it was, or start a new run.", failure),
        RequestFailedException { Status: 409 } refused when refused.ErrorCode == BlobErrorCode.BlobArchived || refused.ErrorCode == BlobErrorCode.BlobBeingRehydrated =>
            new SourceException($"{Capital(what)} in {connection} is archived. Move it to the hot or cool tier, then start the run again.", failure),
        IOException => new StorageException($"Could not {verb} {what} in {connection}: the connection broke. The run can be resumed once the account can be reached.", failure) { MayPass = true },
        _ => AzureFailure.Explain(verb, what, connection, failure),
    };

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];
}
