using System.Collections.Concurrent;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace Fanout.Azure;

/// <summary>One storage account as Fanout uses it. Everything of one hub is under the hub's name, so that several can share an account.</summary>
public sealed class AzureStorage
{
    /// <summary>How a queue message, a table row and a history are kept small: what is larger goes into a blob, and its name travels. 16 KiB.</summary>
    public const int MaxInlineBytes = 16 << 10;

    private readonly ConcurrentDictionary<Uri, BlobServiceClient> _otherAccounts = [];
    private readonly AzureStorageOptions _options;

    private AzureStorage(
        AzureConnection connection, AzureStorageOptions options, BlobServiceClient blobs, QueueServiceClient queues, TableServiceClient tables)
    {
        Connection = connection;
        _options = options;
        Blobs = blobs;
        Queues = queues;
        Tables = tables;
        Container = blobs.GetBlobContainerClient(Hub);
    }

    /// <summary>What it was connected with, to be shown to a person: the account, never a key.</summary>
    public AzureConnection Connection { get; }

    /// <summary>The hub: the name of its container, and the beginning of its queues' and tables' names.</summary>
    public string Hub => _options.Hub;

    /// <summary>The account's blobs.</summary>
    public BlobServiceClient Blobs { get; }

    /// <summary>The account's queues.</summary>
    public QueueServiceClient Queues { get; }

    /// <summary>The account's tables.</summary>
    public TableServiceClient Tables { get; }

    /// <summary>The hub's container: results, what sources derived, what is too large to travel.</summary>
    public BlobContainerClient Container { get; }

    /// <summary>
    /// Creates the hub's container if it is not there: one request. Whoever opens a hub may ask for it, so that a wrong account is found at once; what
    /// writes blobs asks again when it finds none, so that an identity which may only use a container need never create one.
    /// </summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public async ValueTask EnsureContainerAsync(CancellationToken cancellationToken) => await AzureFailure.GuardAsync(
        "create", $"container '{Hub}'", Connection, () => Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <summary>A queue of the hub, such as <c>fanout-batches</c>. Messages are as they travel; Fanout's own are base64 of JSON, as Azure Functions expects.</summary>
    public QueueClient Queue(string name) => Queues.GetQueueClient($"{Hub}-{name}");

    /// <summary>A table of the hub, such as <c>fanoutRuns</c>; hyphens of the hub's name, which tables may not have, are left out.</summary>
    public TableClient Table(string name) => Tables.GetTableClient($"{Hub.Replace("-", "", StringComparison.Ordinal)}{name}");

    /// <summary>The blobs of any account: of this one as it is connected, of another with the identity this process has.</summary>
    /// <param name="account">The account's blob endpoint.</param>
    internal BlobServiceClient BlobsOf(Uri account) => Blobs.Uri.Host == account.Host
        ? Blobs
        : _otherAccounts.GetOrAdd(account, uri => new BlobServiceClient(uri, Identity(_options), AzureClientOptions.Blobs(_options)));

    /// <summary>Names an account and a hub in it. Nothing is contacted yet.</summary>
    /// <param name="connection">See <see cref="AzureConnection.Parse"/>.</param>
    /// <param name="options">The hub, retries; null: the defaults.</param>
    /// <exception cref="ArgumentException">The connection or the hub's name is not one; the message holds no key.</exception>
    public static AzureStorage Connect(string connection, AzureStorageOptions? options = null)
    {
        options ??= new AzureStorageOptions();
        options.Check();
        var parsed = AzureConnection.Parse(connection);
        var (blobs, queues, tables) = (AzureClientOptions.Blobs(options), AzureClientOptions.Queues(options), AzureClientOptions.Tables(options));
        if (parsed.ConnectionString is { } text)
        {
            return new AzureStorage(
                parsed, options, new BlobServiceClient(text, blobs), new QueueServiceClient(text, queues), new TableServiceClient(text, tables));
        }

        var identity = Identity(options);
        return new AzureStorage(
            parsed, options,
            new BlobServiceClient(parsed.ServiceUri("blob"), identity, blobs),
            new QueueServiceClient(parsed.ServiceUri("queue"), identity, queues),
            new TableServiceClient(parsed.ServiceUri("table"), identity, tables));
    }

    private static TokenCredential Identity(AzureStorageOptions options) => options.Credential ?? new DefaultAzureCredential();
}
