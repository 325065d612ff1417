using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace Fanout.Diagnostics.Recording;

/// <summary>What the runtime is asked to tell. Keywords: https://learn.microsoft.com/dotnet/fundamentals/diagnostics/runtime-events</summary>
internal static class EventProviders
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const string Sampler = "Microsoft-DotNETCore-SampleProfiler";
    private const long Gc = 0x1, Loader = 0x8, Jit = 0x10, Contention = 0x4000;

    // What is compiled while it records names its frames; the rundown at the end names the others.
    private const long Names = Loader | Jit;

    public static IReadOnlyList<EventPipeProvider> Of(ProfileKind kind) => kind switch
    {
        ProfileKind.Cpu => [new(Sampler, EventLevel.Informational), new(Runtime, EventLevel.Informational, Names)],
        ProfileKind.Alloc => [new(Runtime, EventLevel.Verbose, Names | Gc)],
        ProfileKind.Locks => [new(Runtime, EventLevel.Informational, Names | Contention)],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "It is no kind of profile."),
    };
}
