using System.Globalization;

namespace Fanout.Handlers.Exec;

/// <summary>Kills a process group and the descendants that left it (setsid), on Linux.</summary>
internal static class ProcessTree
{
    private const int MostProcesses = 10_000;
    private const int SignalKill = 9, SignalStop = 19;

    public static void Kill(int leader)
    {
        // Stopped first, so that nothing forks while its children are listed. Whoever was stopped can still be killed.
        _ = LinuxNative.Kill(-leader, SignalStop);
        var found = new List<int> { leader };
        for (int i = 0; i < found.Count && found.Count < MostProcesses; i++)
            AddChildren(found[i], found);
        _ = LinuxNative.Kill(-leader, SignalKill);
        foreach (var processId in found)
            _ = LinuxNative.Kill(processId, SignalKill);
    }

    private static void AddChildren(int processId, List<int> found)
    {
        try
        {
            foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
            {
                foreach (var child in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    found.Add(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or the kernel does not list children: the group is killed all the same.
        }
    }
}
