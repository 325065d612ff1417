using System.Runtime.CompilerServices;
using Fanout.Handlers;

namespace Fanout.TestApp;

/// <summary>Keeps the processor, the memory and a lock busy, in methods that profiles are looked through for.</summary>
internal sealed class BusyHandler : IItemHandler<int, int>, IDisposable
{
    private const int Rounds = 400_000;
    private const int Arrays = 200;
    private const int ArrayLength = 2_000;

    private static readonly TimeSpan HeldFor = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _never = new();

    public async ValueTask<int> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken)
    {
        // So that items are handled by several threads.
        await Task.Yield();
        return Compute(item) + Allocate() + WaitInLine(cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Compute(int seed)
    {
        var value = seed;
        for (var i = 0; i < Rounds; i++)
            value = (value * 31) ^ (i % 7);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Allocate()
    {
        var length = 0;
        for (var i = 0; i < Arrays; i++)
            length += new int[ArrayLength].Length;
        return length;
    }

    // Whoever has the lock keeps it for longer than others spin.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int WaitInLine(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _never.Wait(HeldFor, cancellationToken) ? 1 : 0;
    }

    public void Dispose() => _never.Dispose();
}
