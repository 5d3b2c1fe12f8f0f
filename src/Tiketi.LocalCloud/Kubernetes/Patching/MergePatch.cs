using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Patching;

/// <summary>RFC 7386.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject nested:
                    target[name] = Apply(target[name] is JsonObject present ? present.Copy() : [], nested);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }

        return target;
    }
}
