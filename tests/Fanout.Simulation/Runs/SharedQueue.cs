using System.Runtime.CompilerServices;
using System.Text.Json;
using Fanout.Dispatch;
using Fanout.Serialization;

namespace Fanout.Simulation.Runs;

/// <summary>A queue of batches and one of their results, as bad as such queues are: at least once, late, in any order. Nothing is lost but by people.</summary>
internal sealed class SharedQueue(VirtualTime time, Faults faults)
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _messages = [];
    private readonly List<Entry> _completions = [];

    /// <summary>Somebody clears the queue of batches.</summary>
    public void Clear()
    {
        lock (_lock)
            _messages.Clear();
    }

    public View For(SimulatedProcess process, TimeProvider clock) => new(this, process, clock);

    private void Add(List<Entry> to, object value)
    {
        lock (_lock)
        {
            var json = JsonSerializer.Serialize(value, FanoutJson.Options);
            var visibleAt = time.Now + TimeSpan.FromMilliseconds(faults.Next(4) == 0 ? faults.Next(2_000) : 0);
            to.Add(new Entry(json) { VisibleAt = visibleAt });
            if (faults.Next(12) == 0)
                to.Add(new Entry(json) { VisibleAt = visibleAt + TimeSpan.FromMilliseconds(faults.Next(2) * faults.Next(3_000)) });
        }
    }

    private Entry? Take(List<Entry> from, TimeSpan visibility)
    {
        lock (_lock)
        {
            var visible = from.FindAll(entry => entry.VisibleAt <= time.Now);
            if (visible.Count == 0)
                return null;
            var entry = visible[faults.Next(visible.Count)];
            entry.Deliveries++;
            entry.VisibleAt = time.Now + visibility;
            return entry;
        }
    }

    private sealed class Entry(string json)
    {
        public string Json => json;

        public long Deliveries { get; set; }

        public DateTimeOffset VisibleAt { get; set; }
    }

    /// <summary>The queues as one process sees them.</summary>
    internal sealed class View(SharedQueue queue, SimulatedProcess process, TimeProvider clock) : IBatchQueue, IBatchCompletions
    {
        public Task SendAsync(BatchMessage message, CancellationToken cancellationToken) => CallAsync(() => queue.Add(queue._messages, message), message.Input.Key);

        public Task<IBatchDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken) => queue.Faults.CallAsync(process, clock, () =>
        {
            if (queue.Take(queue._messages, visibility) is not { } entry)
                return Task.FromResult<IBatchDelivery?>(null);
            var delivery = new Delivery(queue, this, entry);
            NoteTaken(delivery);
            return Task.FromResult<IBatchDelivery?>(delivery);
        });

        public Task<bool> HasWaitingAsync(CancellationToken cancellationToken) => queue.Faults.CallAsync(process, clock, () =>
        {
            lock (queue._lock)
                return Task.FromResult(queue._messages.Exists(entry => entry.VisibleAt <= queue.Now));
        });

        public async Task<int> DeliverAsync(Func<BatchCompletion, CancellationToken, Task> deliver, CancellationToken cancellationToken)
        {
            var entry = await queue.Faults.CallAsync(process, clock, () => Task.FromResult(queue.Take(queue._completions, TimeSpan.FromSeconds(10))));
            if (entry is null)
                return 0;
            var completion = JsonSerializer.Deserialize<BatchCompletion>(entry.Json, FanoutJson.Options)!;
            await deliver(completion, cancellationToken);
            await CallAsync(() =>
            {
                lock (queue._lock)
                    queue._completions.Remove(entry);
            }, completion.Key);
            return 1;
        }

        public Task CallAsync(Action call, string about, [CallerMemberName] string what = "") => queue.Faults.CallAsync(process, clock, () =>
        {
            call();
            return Task.CompletedTask;
        }, about, what);

        public Task<bool> AskAsync(Func<bool> call, string about, [CallerMemberName] string what = "") =>
            queue.Faults.CallAsync(process, clock, () => Task.FromResult(call()), about, what);

        public void NoteTaken(IBatchDelivery delivery) => queue.Faults.Note(process, $"takes delivery {delivery.Count} of", delivery.Message.Input.Key);
    }

    private DateTimeOffset Now => time.Now;

    private Faults Faults => faults;

    private sealed class Delivery(SharedQueue queue, View view, Entry entry) : IBatchDelivery
    {
        private readonly long _delivery = entry.Deliveries;

        public BatchMessage Message { get; } = JsonSerializer.Deserialize<BatchMessage>(entry.Json, FanoutJson.Options)!;

        public long Count => _delivery;

        public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => view.AskAsync(() => Hide(visibility), Message.Input.Key);

        public async Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken)
        {
            await view.CallAsync(() => queue.Add(queue._completions, completion), completion.Key, "SendResult");
            await view.CallAsync(() =>
            {
                lock (queue._lock)
                {
                    if (entry.Deliveries == _delivery)
                        queue._messages.Remove(entry);
                }
            }, completion.Key);
        }

        public Task ReleaseAsync(CancellationToken cancellationToken) => view.AskAsync(() => Hide(TimeSpan.Zero), Message.Input.Key);

        private bool Hide(TimeSpan visibility)
        {
            lock (queue._lock)
            {
                if (entry.Deliveries != _delivery || !queue._messages.Contains(entry))
                    return false;
                entry.VisibleAt = queue.Now + visibility;
                return true;
            }
        }
    }
}
