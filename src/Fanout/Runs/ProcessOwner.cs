using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Fanout.Runs;

/// <summary>
/// Names an engine or a worker as <c>host:pid:start:nonce</c>, so that another process of the same machine can tell whether it is still there
/// without waiting for its leases to expire. The start distinguishes a process from a later one with the same pid.
/// </summary>
public static class ProcessOwner
{
    private static readonly ConcurrentDictionary<string, bool> AliveHere = new(StringComparer.Ordinal);
    private static readonly string Prefix = $"{Environment.MachineName.Replace(':', '-')}:{Environment.ProcessId}:{StartOf(Environment.ProcessId)}:";
    private static readonly string? Place = PlaceOf(Prefix);
    private static long _lastNonce;

    /// <summary>A name for an engine or worker of this process, alive until <see cref="Retire"/>.</summary>
    public static string Create()
    {
        // In text too, later names come after earlier ones.
        var owner = Prefix + Interlocked.Increment(ref _lastNonce).ToString("D8", CultureInfo.InvariantCulture);
        AliveHere[owner] = true;
        return owner;
    }

    /// <summary>It is gone.</summary>
    public static void Retire(string owner) => AliveHere.TryRemove(owner, out _);

    /// <summary>The part people care about: <c>host:pid</c>.</summary>
    public static string Display(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return owner.Split(':') is [var host, var pid, ..] ? $"{host}:{pid}" : owner;
    }

    /// <summary>The process that <see cref="Display"/> names, if it is of this machine; null: it is of another.</summary>
    /// <param name="display"><c>host:pid</c>.</param>
    public static int? ProcessIdHere(string display)
    {
        ArgumentNullException.ThrowIfNull(display);
        return display.Split(':') is [var host, var pid] && Prefix.StartsWith($"{host}:", StringComparison.Ordinal) && int.TryParse(pid, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    /// <summary>
    /// True when the owner was of this machine and is certainly gone; false when it is alive or there is no telling. Only for what processes of one
    /// machine share: a name that another machine of this machine's name gave itself looks like one from before a restart of this one.
    /// </summary>
    public static bool IsDead(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (owner.StartsWith(Prefix, StringComparison.Ordinal))
            return !AliveHere.ContainsKey(owner);
        if (owner.Split(':') is not [var host, var pid, var start, _] || host != Prefix[..Prefix.IndexOf(':', StringComparison.Ordinal)])
            return false;
        return int.TryParse(pid, CultureInfo.InvariantCulture, out var id) && StartOf(id) != start;
    }

    /// <summary>
    /// The same for what machines share: true only when the owner was of this machine since it was started, and of this container if it is one, and
    /// is certainly gone. Of another machine's owner nothing is known but its lease.
    /// </summary>
    public static bool IsDeadHere(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return (owner.StartsWith(Prefix, StringComparison.Ordinal)
            || (Place is not null && owner.Split(':') is [_, _, var start, _] && start.EndsWith(Place, StringComparison.Ordinal))) && IsDead(owner);
    }

    /// <summary>When a process started, as text that every process of this machine reads alike; null: there is no such process.</summary>
    private static string? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux())
            return LinuxStartOf(processId);
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>
    /// True: a process with these fields, from the third on, has ended. Its first thread may have while others have yet to notice that it was killed,
    /// and work on: field 20 counts them.
    /// </summary>
    internal static bool IsGone(IReadOnlyList<string> fields) => fields[0] == "X" || (fields[0] == "Z" && fields[17] is ("0" or "1"));

    /// <summary>From <c>/proc/pid/stat</c> (proc(5)): field 22, in ticks since boot. <see cref="Process.StartTime"/> is computed from it with a jitter.</summary>
    private static string? LinuxStartOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return IsGone(fields) ? null : fields[19] + LinuxPlace();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Where process ids mean what they mean here: this machine since its start, and the container (pid_namespaces(7)).</summary>
    private static string LinuxPlace()
    {
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").AsSpan(0, 8);
        var container = new FileInfo("/proc/self/ns/pid").LinkTarget is ['p', 'i', 'd', ':', '[', .. var inode, ']'] ? inode : "";
        return $"-{boot}-{container}";
    }

    /// <summary>The end of a start that names the place; null: starts here do not.</summary>
    private static string? PlaceOf(string prefix) =>
        prefix.Split(':') is [_, _, var start, _] && start.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? start[dash..] : null;
}
