using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>The arithmetic of a rollout: which ReplicaSet gets how many pods next, within maxSurge and maxUnavailable.</summary>
internal sealed class Rollout
{
    private readonly JsonObject? _current;
    private readonly int _maxSurge;

    public Rollout(JsonObject deployment, JsonObject? current, List<JsonObject> old)
    {
        _current = current;
        Old = old;
        Desired = (int)(deployment.Number("spec", "replicas") ?? 1);
        IsRecreate = deployment.Text("spec", "strategy", "type") == "Recreate";
        var rolling = deployment.Object("spec", "strategy", "rollingUpdate");
        _maxSurge = IsRecreate ? 0 : PodTemplates.Share(rolling.At("maxSurge"), Desired, roundUp: true);
        MaxUnavailable = IsRecreate ? Desired : Math.Min(Desired, PodTemplates.Share(rolling.At("maxUnavailable"), Desired, roundUp: false));
        if (_maxSurge == 0 && MaxUnavailable == 0)
        {
            MaxUnavailable = 1; // both round to nothing: without one of them the rollout could not move
        }
    }

    public int Desired { get; }

    public bool IsRecreate { get; }

    public int MaxUnavailable { get; }

    /// <summary>The former sets, oldest first.</summary>
    public List<JsonObject> Old { get; }

    /// <summary>How many pods a brand-new set may start with beside the old ones.</summary>
    public int FirstSurge => Math.Clamp(Desired + _maxSurge - Old.Sum(Wanted), 0, Desired);

    /// <summary>The sets whose size changes now, with their new size.</summary>
    /// <param name="oldPodsRemain">Pods of former sets still exist: a Recreate waits for them to go.</param>
    public IEnumerable<(JsonObject Set, int Replicas)> Steps(bool oldPodsRemain)
    {
        if (_current is null)
        {
            return [];
        }

        if (IsRecreate)
        {
            var active = Old.Where(set => Wanted(set) > 0).Select(set => (set, 0)).ToList();
            return active.Count > 0 || oldPodsRemain ? active : [(_current, Desired)];
        }

        var grown = GrowCurrent();
        return grown is { } size && size != Wanted(_current) ? [(_current, size)] : ShrinkOld();
    }

    /// <summary>While paused the sets only follow a changed replica count, and only when there is just one to follow it.</summary>
    public IEnumerable<(JsonObject Set, int Replicas)> WhilePaused()
    {
        var active = Old.Append(_current).OfType<JsonObject>().Where(set => Wanted(set) > 0).ToList();
        return active.Count == 1 ? [(active[0], Desired)] : [];
    }

    private static int Wanted(JsonObject set) => (int)(set.Number("spec", "replicas") ?? 0);

    private static int Available(JsonObject set) => (int)(set.Number("status", "availableReplicas") ?? 0);

    private int? GrowCurrent()
    {
        var size = Wanted(_current!);
        if (size >= Desired)
        {
            return Desired;
        }

        var room = Desired + _maxSurge - size - Old.Sum(Wanted);
        return room <= 0 ? null : size + Math.Min(room, Desired - size);
    }

    private List<(JsonObject, int)> ShrinkOld()
    {
        var sizes = Old.Where(set => Wanted(set) > 0).ToDictionary(set => set, Wanted);
        var least = Desired - MaxUnavailable;
        var spare = sizes.Values.Sum() + Wanted(_current!) - least - (Wanted(_current!) - Available(_current!));
        foreach (var set in sizes.Keys.ToList())
        {
            var sick = Math.Min(spare, Math.Max(0, sizes[set] - Available(set)));
            if (sick > 0)
            {
                sizes[set] -= sick; // what does not serve anyway goes first
                spare -= sick;
            }
        }

        var available = Available(_current!) + Old.Sum(set => Math.Min(Available(set), sizes.GetValueOrDefault(set)));
        var surplus = Math.Min(spare, available - least);
        foreach (var set in sizes.Keys.ToList())
        {
            var less = Math.Clamp(surplus, 0, sizes[set]);
            sizes[set] -= less;
            surplus -= less;
        }

        return [.. sizes.Where(pair => pair.Value != Wanted(pair.Key)).Select(pair => (pair.Key, pair.Value))];
    }
}
