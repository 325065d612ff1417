using System.Text.Json;
using Fanout.Dispatch;
using Fanout.Serialization;

namespace Fanout.Conformance.Dispatch;

/// <summary>A queue of batches that lives as long as its object, for tests of what is around it. Everything goes through it as JSON, as it does elsewhere.</summary>
/// <param name="time">The clock of visibilities.</param>
public sealed class MemoryBatchQueue(TimeProvider time) : IBatchQueue, IBatchCompletions
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _messages = [];
    private readonly Queue<string> _completions = new();

    /// <summary>Batches that are not completed, hidden or not.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _messages.Count;
        }
    }

    /// <summary>How often each result is brought. Default: once.</summary>
    public int ResultCopies { get; set; } = 1;

    /// <summary>How often each batch is sent. Default: once.</summary>
    public int MessageCopies { get; set; } = 1;

    /// <summary>Loses everything, as when somebody clears the queue.</summary>
    public void Clear()
    {
        lock (_lock)
            _messages.Clear();
    }

    /// <inheritdoc/>
    public Task SendAsync(BatchMessage message, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            for (var copy = 0; copy < MessageCopies; copy++)
                _messages.Add(new Entry(Write(message)) { VisibleAt = time.GetUtcNow() });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IBatchDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_messages.Find(entry => entry.VisibleAt <= now) is not { } entry)
                return Task.FromResult<IBatchDelivery?>(null);
            entry.Deliveries++;
            entry.VisibleAt = now + visibility;
            return Task.FromResult<IBatchDelivery?>(new Delivery(this, entry, entry.Deliveries, Read<BatchMessage>(entry.Json)));
        }
    }

    /// <inheritdoc/>
    public Task<bool> HasWaitingAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            return Task.FromResult(_messages.Exists(entry => entry.VisibleAt <= now));
        }
    }

    /// <inheritdoc/>
    public async Task<int> DeliverAsync(Func<BatchCompletion, CancellationToken, Task> deliver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        string? json;
        lock (_lock)
        {
            if (!_completions.TryPeek(out json))
                return 0;
        }

        await deliver(Read<BatchCompletion>(json), cancellationToken);
        lock (_lock)
            _completions.Dequeue();
        return 1;
    }

    private bool Renew(Entry entry, long delivery, TimeSpan visibility)
    {
        lock (_lock)
        {
            if (entry.Deliveries != delivery || !_messages.Contains(entry))
                return false;
            entry.VisibleAt = time.GetUtcNow() + visibility;
            return true;
        }
    }

    private void Complete(Entry entry, long delivery, BatchCompletion completion)
    {
        lock (_lock)
        {
            for (var copy = 0; copy < ResultCopies; copy++)
                _completions.Enqueue(Write(completion));
            if (entry.Deliveries == delivery)
                _messages.Remove(entry);
        }
    }

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, FanoutJson.Options);

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, FanoutJson.Options)!;

    private sealed class Entry(string json)
    {
        public string Json => json;

        public long Deliveries { get; set; }

        public DateTimeOffset VisibleAt { get; set; }
    }

    private sealed class Delivery(MemoryBatchQueue queue, Entry entry, long count, BatchMessage message) : IBatchDelivery
    {
        public BatchMessage Message => message;

        public long Count => count;

        public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => Task.FromResult(queue.Renew(entry, count, visibility));

        public Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken)
        {
            queue.Complete(entry, count, completion);
            return Task.CompletedTask;
        }

        public Task ReleaseAsync(CancellationToken cancellationToken)
        {
            queue.Renew(entry, count, TimeSpan.Zero);
            return Task.CompletedTask;
        }
    }
}
