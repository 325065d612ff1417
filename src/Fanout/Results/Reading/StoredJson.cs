using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Results;

/// <summary>Reads documents of a results store as JSON.</summary>
internal static class StoredJson
{
    public static async ValueTask<T?> ReadAsync<T>(IResultStore store, string runId, string name, CancellationToken cancellationToken)
        where T : class
    {
        var json = await store.ReadDocumentAsync(runId, name, cancellationToken).ConfigureAwait(false);
        if (json is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(json, FanoutJson.Options) ?? throw new JsonException("It holds null.");
        }
        catch (JsonException failure)
        {
            throw new StorageException(
                $"'{name}' of run '{runId}' in {store.Locate(runId)} is damaged: {failure.Message} Restore it from a backup, or purge the run.", failure);
        }
    }
}
