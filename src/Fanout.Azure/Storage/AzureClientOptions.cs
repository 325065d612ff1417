using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace Fanout.Azure;

/// <summary>The same retries and time-outs for every service.</summary>
internal static class AzureClientOptions
{
    public static BlobClientOptions Blobs(AzureStorageOptions options) => Apply(new BlobClientOptions(), options);

    // Messages are encoded by MessageText: the SDK would end a whole receive for one message that is not base64.
    public static QueueClientOptions Queues(AzureStorageOptions options) =>
        Apply(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, options);

    public static TableClientOptions Tables(AzureStorageOptions options) => Apply(new TableClientOptions(), options);

    private static T Apply<T>(T client, AzureStorageOptions options)
        where T : ClientOptions
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.Delay = TimeSpan.FromSeconds(0.2);
        client.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        client.Retry.MaxRetries = options.MaxAttempts - 1;
        client.Retry.NetworkTimeout = options.RequestTimeout;
        client.Diagnostics.IsTelemetryEnabled = false;
        if (options.Transport is { } transport)
            client.Transport = transport;
        return client;
    }
}
