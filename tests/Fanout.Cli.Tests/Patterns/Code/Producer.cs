using System.Text;
using Fanout.Sources;

namespace Fanout.Cli.Tests.Patterns.Code;

// README: source
/// <summary>Numbers that are made one at a time, when a worker asks for the next.</summary>
public sealed class Producer(long count, Action<long> made) : ISource
{
    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SourcePlan(count, Fingerprint: null));

    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IItemReader> OpenAsync(
        SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IItemReader>(new Reader(start, end, made));

    private sealed class Reader(long next, long end, Action<long> made) : IItemReader
    {
        public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(next < end);

        public bool TryRead(out Item item)
        {
            item = next < end ? new Item(next, Encoding.UTF8.GetBytes($"{next}"), IsText: false) : default;
            if (next == end)
                return false;
            made(next++);
            return true;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

// README end
